"""What Parley counts for Prometheus. Loaded only where somebody asked for it."""
