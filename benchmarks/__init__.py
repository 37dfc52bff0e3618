"""Measurements of the search engine beside others; needs the packages of the group `bench`."""
