// What tokens may do, in words, in the order that forms show.
export const scopes: { scope: string; words: string }[] = [
  { scope: "files:read", words: "See files, folders, tasks and events" },
  { scope: "files:write", words: "Put files in, change, link and share them" },
  { scope: "files:delete", words: "Delete, restore and erase files" },
  { scope: "files:hidden", words: "See files that lists leave out" },
  { scope: "files:hidden-write", words: "Make files that lists leave out" },
  { scope: "records", words: "Read and write cards and notes of records" },
  { scope: "settings", words: "Change settings, tokens and webhooks" },
  { scope: "files:personal", words: "Files that the user keeps personally" },
  { scope: "files:contact", words: "Files that are on contacts" },
  { scope: "files:company", words: "See the company's files" },
  { scope: "files:company-write", words: "Change the company's files" },
  { scope: "files:linked", words: "See files on records and the user's own" },
  { scope: "files:create", words: "Put files in, and no more" },
  { scope: "files:own-write", words: "Change the files that the user made" },
  { scope: "files:own-delete", words: "Delete the files that the user made" },
  { scope: "files:others", words: "With the three before: files of others, too" },
];

/** The first ones are all that this API asks for. The others are for the vendors' faces. */
export const COMMON = 7;
