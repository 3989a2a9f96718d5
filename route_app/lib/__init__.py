"""Small values that know nothing about sales."""
