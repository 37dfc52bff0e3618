"""What the portal keeps about people: a map of it, consent, export, erasure, retention."""
