"""Comparing strategies on a pool whose labels are known: the only ground for saying that one is worth its trouble.

`setup` says what is played with, `running` plays the rounds, `curves` makes figures of them, `comparing` tests
differences over seeds.
"""
