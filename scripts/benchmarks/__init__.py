"""What can be measured: one module an area, each with `measure(quick=…)`."""
