"""Addresses of models and drafts: parse, call one service or selector, render."""
