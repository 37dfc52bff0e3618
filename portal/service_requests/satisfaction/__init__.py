"""Two questions after closing: what people thought, who sees it, and what follows from it."""
