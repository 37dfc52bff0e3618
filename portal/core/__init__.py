"""Parts without any knowledge of a feature."""
