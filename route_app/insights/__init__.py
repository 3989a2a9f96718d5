"""How it went: today's progress and who is seen often enough."""
