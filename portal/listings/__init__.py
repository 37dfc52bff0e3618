"""What capabilities and needs have in common: texts, rows, checks, records, form parts."""
