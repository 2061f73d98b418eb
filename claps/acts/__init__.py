"""Floor 3: what people and programs do; one public function, one act."""
