#![cfg_attr(fuzzing, no_main)]
amshan_fuzz::target!(dump);
