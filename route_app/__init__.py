"""Fieldbeat: a self-hosted, mobile-first planner for field-sales teams."""
