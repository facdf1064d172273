import './kursi/main.ts';
