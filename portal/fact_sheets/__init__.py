"""Profile and capability as one page to hand over, and back in again."""
