"""The register of market barriers: which rule stops or costs what, and what helped."""
