package claims

type phoneBook struct{}

func newPhoneBook() phoneBook { return phoneBook{} }

func (s *Scanner) phone(i, from, to int) int    { return i }
func (s *Scanner) address(i, to int) int        { return i }
func (s *Scanner) version(i, from, to int) int  { return i }
func (s *Scanner) property(i, from, to int) int { return i }
func (s *Scanner) role(i, from, to int) int     { return i }
