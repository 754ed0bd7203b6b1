//! What makes a candidate worth a trial (to be written).
