"""OpenStreetMap in, travel times, routes, pins and tiles out."""
