"""People who sign in: who they are, what they may, and how they get in."""
