"""Whose: areas, who covers them, and which account lies where."""
