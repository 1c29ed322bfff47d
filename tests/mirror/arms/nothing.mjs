// Shows an empty page: the judge must fail it nearly everywhere.

export const name = 'nothing';
export const record = () => null;
export const take = () => null;
export const replay = () => null;
