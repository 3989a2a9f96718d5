"""What a browser reaches: one blueprint module per feature."""
