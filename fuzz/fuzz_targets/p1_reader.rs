#![cfg_attr(fuzzing, no_main)]
amshan_fuzz::target!(p1_reader);
