"""The demo company: real places of the bundled extract, with made-up trade, labelled as demo."""
