/** dcmjs brings no types; imaging/tagNames.ts says what it uses of it. */
declare module "dcmjs";
