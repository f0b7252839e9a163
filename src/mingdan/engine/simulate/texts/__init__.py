"""What people of a simulated company write and say: invented texts in many wordings, honest ones and others."""
