"""Who may see which field: levels per field, agreements on secrecy, and who looked."""
