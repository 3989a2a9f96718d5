"""What happened in the field: check-ins, their outcomes, and how a planned day goes."""
