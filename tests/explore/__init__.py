"""Exploring: choosing orders, trying them, the verdict."""
