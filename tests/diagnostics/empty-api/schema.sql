create table tb_notes (id integer primary key);
