//! The tests of the core from outside. They are one program, because each program would link the core again.

mod acquisition;
mod changes;
mod cma;
mod common;
mod elementary;
mod fuzz;
mod gaussian_process;
mod golden;
mod gp;
mod normal;
mod optimizer;
mod pruning;
mod queue;
mod samplers;
mod snapshots;
mod space_declaration;
mod space_draw;
mod space_enumeration;
mod space_thin;
mod state_machine;
mod streams;
mod threads;
mod tpe;
mod twins;
