"""When to visit whom, and in what order."""
