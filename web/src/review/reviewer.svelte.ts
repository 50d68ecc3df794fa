// Who reviews? A name that this browser remembers; the server takes it as it is told.

const KEPT_AS = 'saber.reviewer';
// The same as the server's own rule: 1 to 40 characters, no control character, none that turns the direction of writing.
const FIT = /^[^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]{1,40}$/;

class Reviewer {
  name = $state(localStorage.getItem(KEPT_AS) ?? '');

  /** Remembers `name`; false: it can't be one. */
  choose(name: string): boolean {
    const fit = name.trim();
    if (!FIT.test(fit)) return false;
    this.name = fit;
    localStorage.setItem(KEPT_AS, fit);
    return true;
  }

  leave(): void {
    this.name = '';
    localStorage.removeItem(KEPT_AS);
  }
}

export const reviewer = new Reviewer();
