"""The growth scan: where do we stand?"""
