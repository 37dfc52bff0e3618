"""Partner institutions of the base: what they are asked about requests, and how they answer."""
