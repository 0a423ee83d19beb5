/**
 * What brings contacts, events and traits besides datasets. They stand where the id of a dataset stands: what one of them
 * brought too is not only of a dataset.
 */
export const INFORM = 'inform';
export const API = 'api';
