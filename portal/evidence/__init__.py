"""What is proven about a company and its capabilities: one ladder of evidence for each fact."""
