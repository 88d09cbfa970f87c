/** Returns a page of this site to go on to after signing in; anything else becomes the start page. */
export function nextPage(wish: string | null): string {
  if (!wish || !/^\/(?![/\\])/.test(wish) || wish.startsWith("/sign-in")) return "/";
  return wish;
}
