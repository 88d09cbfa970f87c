"""Addresses of learning: parse, call one service or selector, render."""
