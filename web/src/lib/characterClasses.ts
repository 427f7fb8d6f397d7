/** Stands in for the package `uc.micro` in markdown-it: engines know the classes of Unicode by themselves. */
export const P = /\p{P}/u;
export const S = /\p{S}/u;
