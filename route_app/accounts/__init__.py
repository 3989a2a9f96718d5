"""Whom to visit: accounts, how they come in, how often and how much they matter."""
