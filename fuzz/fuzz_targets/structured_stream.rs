#![cfg_attr(fuzzing, no_main)]
amshan_fuzz::target!(structured_stream);
