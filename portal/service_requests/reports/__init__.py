"""What the desk has done: periods, figures, tables, charts, and the report of a month."""
