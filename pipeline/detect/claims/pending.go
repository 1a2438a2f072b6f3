package claims

type phoneBook struct{}

func newPhoneBook() phoneBook { return phoneBook{} }

func (s *Scanner) phone(i, from, to int) int                  { return i }
func (s *Scanner) hours(i, from, to int) int                  { return i }
func (s *Scanner) date(i, from, to int) int                   { return i }
func (s *Scanner) address(i, to int) int                      { return i }
func (s *Scanner) version(i, from, to int) int                { return i }
func (s *Scanner) property(i, from, to int) int               { return i }
func (s *Scanner) role(i, from, to int) int                   { return i }
func (w *word) hoursWord() bool                               { return false }
func (s *Scanner) timeOfDay(n number, u timeUnit, j int) bool { return false }
func (s *Scanner) valid(from, to int, claims []Claim)         {}
