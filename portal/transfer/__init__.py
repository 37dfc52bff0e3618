"""Records in and out of the portal as files: JSON Lines, CSV and XLSX."""
