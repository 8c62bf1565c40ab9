mod ir;
