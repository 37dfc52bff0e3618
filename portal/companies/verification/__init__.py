"""Who a company is and what the base has checked of it."""
