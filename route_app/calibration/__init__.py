"""Learn from check-ins how long drives and visits really take, for the plans to come."""
