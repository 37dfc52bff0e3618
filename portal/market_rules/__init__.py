"""What a market asks of a product, as dated rules, and what a supplier lacks for it."""
