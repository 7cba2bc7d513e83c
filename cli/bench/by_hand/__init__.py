"""What one would write by hand: workflows, activities and an endpoint beside which ours are measured."""
