"""Where accounts are: looking addresses up, and the pins that people should look at."""
